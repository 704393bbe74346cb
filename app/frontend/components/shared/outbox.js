// The browser's half of events.py, which says why it must be so.

/** @import { Handled, Numbered, Send } from "./messages.d.ts" */

const PATIENCE_MS = 4000 // after this long without an answer events are sent again, and then after twice as long

/** @template {object} Told */
export class Outbox {
  /**
   * @param {(earlier: Told, later: Told) => Told} [merge] for events that come faster than answers: one message is
   *   under way at a time, and what is told meanwhile becomes one event of the next
   */
  constructor(merge) {
    this.merge = merge
    this.client = Math.random().toString(36).slice(2)
    this.number = 0
    this.sent = 0 // the highest number that was sent
    this.timer = 0
    this.patience = PATIENCE_MS
    /** @type {Numbered<Told>[]} Python has not answered them; every message carries all of them */
    this.waiting = []
  }

  /**
   * With each run: what Python has handled, and the way to it.
   * @param {Handled} handled
   * @param {Send<Told>} send
   */
  answered([client, number], send) {
    this.send = send
    if (client === this.client) this.waiting = this.waiting.filter((event) => event.number > number)
    if (!this.waiting.length) this.patience = PATIENCE_MS
    const forgotten = client === "" && this.sent > 0 // a new session has taken the place of the one that was told
    if (forgotten || (this.merge && !this.underWay)) this.flush()
  }

  /** @param {Told} event */
  tell(event) {
    const last = this.waiting.at(-1)
    if (this.merge && last && last.number > this.sent) {
      this.waiting.splice(-1, 1, { ...this.merge(last, event), number: last.number })
    } else {
      this.waiting.push({ ...event, number: ++this.number })
    }
    if (!this.merge || !this.underWay) this.flush()
  }

  get underWay() {
    return this.waiting.some((event) => event.number <= this.sent)
  }

  flush() {
    clearTimeout(this.timer)
    if (!this.waiting.length) return
    this.sent = this.number
    this.send?.({ client: this.client, events: this.waiting })
    this.timer = setTimeout(() => this.again(), this.patience)
  }

  again() {
    this.patience *= 2 // a run that takes long must end at some time
    const { merge, waiting } = this
    if (merge) {
      const merged = waiting.reduce((earlier, later) => ({ ...merge(earlier, later), number: later.number }))
      this.waiting = [{ ...merged, number: ++this.number }]
    }
    this.flush()
  }
}
