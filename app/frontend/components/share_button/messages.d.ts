// What the button sends to Python, which answers with nothing but what it has handled.

import type { RecentNetwork } from "../session_memory/messages.d.ts"
import type { Handled } from "../shared/messages.d.ts"

export interface ShareData {
  handled: Handled
}

export interface Shared {
  address: string
  copied: boolean // into the clipboard
  recent: RecentNetwork[] // which only the browser has
}
