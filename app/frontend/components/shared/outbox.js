// Shared by the components: the browser's half of events.py, which says why it must be so.

export class Outbox {
  constructor() {
    this.client = Math.random().toString(36).slice(2)
    this.number = 0
    this.waiting = [] // events that Python has not answered; every message carries all of them
  }

  /** With each run: what Python has handled, and the way to it. */
  answered([client, number], send) {
    if (client === this.client) this.waiting = this.waiting.filter((event) => event.number > number)
    this.send = send
  }

  tell(event) {
    this.waiting.push({ number: ++this.number, ...event })
    this.send({ client: this.client, events: this.waiting })
  }
}
