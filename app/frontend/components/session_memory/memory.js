// The browser's memory: it keeps what each run says, tells it to a session that does not know it, and notices when the
// connection is back, since no script runs then by itself. Each tab has a record of its own; a new tab that names no
// network goes on with the one that was saved last.

import { Outbox } from "../shared/outbox.js"
import { received } from "../shared/received.js"
import { keepFocus } from "./focus.js"
import { keepMenu } from "./menu.js"
import { followTheme } from "./theme.js"
import { added, addressOf, keepRecent, queryOf, recentNetworks, save, saveLearning, saved, savedLearning, withRecent } from "./record.js"

/** @import { Run, Send } from "../shared/messages.d.ts" */
/** @import { Learning, MemoryData, MemoryRecord, MemoryTold, Now } from "./messages.d.ts" */

const SAVE_AFTER_MS = 250
const COOKIE_SECONDS = 400 * 24 * 3600 // as long as browsers keep one

/** @param {Run<MemoryData, MemoryTold>} run */
export default function (run) {
  const shown = received(run)
  if (!shown) return
  const page = /** @type {Window & { inceptionMemory?: Memory }} */ (window)
  page.inceptionMemory ??= new Memory()
  page.inceptionMemory.update(shown.data, shown.send)
}

class Memory {
  constructor() {
    /** @type {Outbox<MemoryTold>} */
    this.outbox = new Outbox()
    /** @type {MemoryRecord | null} */
    this.record = saved(location.search)
    /** @type {Learning | null} */
    this.learning = savedLearning()
    this.session = ""
    this.turn = -1
    this.answered = "" // the session that was told the record
    this.timer = 0
    this.edits = "" // that were shown last
    this.forgotten = 0 // Python's count when the recent networks were cleared last
    this.place = "" // the variant and the stage of the newest entry in the browser's history
    window.addEventListener("pagehide", () => this.save())
    window.addEventListener("popstate", ({ state }) => this.goBack(state?.place))
    this.noticeReconnection()
    keepFocus()
    followTheme()
    keepMenu()
  }

  /**
   * @param {MemoryData} data
   * @param {Send<MemoryTold>} send
   */
  update(data, send) {
    if (data.handled) this.outbox.answered(data.handled, send)
    if (data.session === this.session && data.turn <= this.turn) return
    if (data.session !== this.session) this.begin(data)
    this.turn = data.turn
    if (!data.now) return this.answer(data.session)
    this.record = added(this.record, data.now)
    this.learning = data.now.learning
    document.title = data.now.title
    this.note(data.now)
    this.list(data.now)
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.save(), SAVE_AFTER_MS)
  }

  /** @param {MemoryData} data the first of a session */
  begin({ session, visitor }) {
    this.session = session
    this.forgotten = 0
    window.inceptionTold?.()
    document.cookie = `inception_visitor=${visitor}; path=/; max-age=${COOKIE_SECONDS}; SameSite=Strict`
  }

  /**
   * A variant and a selection are entries of the browser's history; an edit changes the newest one.
   * @param {Now} now
   */
  note(now) {
    const { network, kept } = now
    if (this.outbox.waiting.some((event) => "variant" in event)) return
    const query = queryOf(addressOf(now))
    const place = `${network.variant} ${kept.selected.split(".")[0]}`
    const state = { ...history.state, place }
    if (this.place && place !== this.place) history.pushState(state, "", query)
    else if (location.search !== query || !this.place) history.replaceState(state, "", query)
    this.place = place
  }

  /**
   * An edited network is among the recent ones, which all tabs share.
   * @param {Now} now
   */
  list({ network, kept, forget }) {
    const { edits } = network
    if (forget > this.forgotten) keepRecent([])
    else if (edits && edits !== this.edits && !kept.lesson) {
      const when = new Date().toLocaleString([], { dateStyle: "medium", timeStyle: "short" })
      keepRecent(withRecent(recentNetworks(), network, this.edits, when))
    }
    this.forgotten = forget
    this.edits = edits ?? ""
  }

  /** @param {unknown} place of the entry that the person went to */
  goBack(place) {
    if (typeof place !== "string" || place === this.place) return
    this.place = place
    const [variant, stage] = place.split(" ")
    this.outbox.tell({ variant, stage })
  }

  /** @param {string} session waits for what was kept */
  answer(session) {
    if (this.answered === session) return
    this.answered = session
    this.outbox.tell({ record: this.record, learning: this.learning, query: location.search })
  }

  save() {
    if (!this.timer || !this.record) return
    clearTimeout(this.timer)
    this.timer = 0
    save(this.record)
    if (this.learning) saveLearning(this.learning)
  }

  /** A run is asked for; if the session is a new one, the record is told in answer. */
  noticeReconnection() {
    const app = document.querySelector("[data-testid=stApp]")
    if (!app) return
    const connected = () => app.getAttribute("data-test-connection-state") === "CONNECTED"
    let before = connected()
    new MutationObserver(() => {
      if (connected() && !before) this.outbox.tell({ awake: true })
      before = connected()
    }).observe(app, { attributeFilter: ["data-test-connection-state"] })
  }
}
