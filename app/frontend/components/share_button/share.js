// The link to what the page shows is the address: it is copied at once, and the button says so; Python shows the rest.

import { el } from "../shared/dom.js"
import { Outbox } from "../shared/outbox.js"
import { received } from "../shared/received.js"
import { recentNetworks } from "../session_memory/record.js"

/** @import { Run } from "../shared/messages.d.ts" */
/** @import { ShareData, Shared } from "./messages.d.ts" */

const SAID_MS = 2500

/** @param {Run<ShareData, Shared> & { parentElement: { shareButton?: ShareButton } }} run */
export default function (run) {
  const shown = received(run)
  if (!shown) return
  const button = (run.parentElement.shareButton ??= new ShareButton(run.parentElement))
  button.outbox.answered(shown.data.handled, shown.send)
}

class ShareButton {
  /** @param {Node} parent */
  constructor(parent) {
    /** @type {Outbox<Shared>} */
    this.outbox = new Outbox()
    this.icon = el("i", { "aria-hidden": "true" })
    this.label = el("span", { "aria-live": "polite" })
    this.timer = 0
    this.say("link", "Copy link")
    const title = "Copy the link to what the page shows"
    parent.appendChild(el("button", { type: "button", title, onclick: () => this.share() }, this.icon, this.label))
  }

  async share() {
    const address = location.href
    const copied = await copies(address)
    this.outbox.tell({ address, copied, recent: recentNetworks() })
    this.say(copied ? "check" : "link", copied ? "Link copied" : "Not copied")
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.say("link", "Copy link"), SAID_MS)
  }

  /**
   * @param {string} icon
   * @param {string} label
   */
  say(icon, label) {
    this.icon.textContent = icon
    this.label.textContent = label
  }
}

/**
 * Whether the text is in the clipboard now. Outside of https and localhost browsers have only the old way.
 * @param {string} text
 */
async function copies(text) {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const field = el("textarea", { value: text })
    document.body.append(field)
    field.select()
    const copied = document.execCommand("copy")
    field.remove()
    return copied
  }
}
