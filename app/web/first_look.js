// In the page's head: asks for what first_look.py has, and draws it once the components' script is there. Nothing is
// drawn where this browser goes on with something that looks different, or where Streamlit was faster.

/** @import { FirstLook } from "../frontend/components/shared/messages.d.ts" */
{
  const KEY = "inception-explorer" // as record.js names what it keeps
  const PAGE = `
    <div class="stMainBlockContainer"><div data-testid="stLayoutWrapper"><div class="st-key-explore">
      <div class="st-key-overview"><div class="st-key-strip"></div></div>
      <div data-testid="stLayoutWrapper"><div class="st-key-focus">
        <div class="st-key-diagram-choices"><div></div></div><div class="st-key-diagram"></div>
      </div></div>
    </div></div></div>`
  const PATIENCE_MS = 500
  const server = new URL(".", location.href)

  /** @param {() => string | null} text of what was kept */
  const read = (text) => {
    try {
      return JSON.parse(text() ?? "null")
    } catch {
      return null // switched off, or not ours
    }
  }

  const theme = read(() => localStorage.getItem(`stActiveTheme-${server.pathname}-v2`)) // Streamlit's
  const dark = theme === "Dark" || (theme !== "Light" && matchMedia("(prefers-color-scheme: dark)").matches)
  document.documentElement.style.colorScheme = dark ? "dark" : "light"

  const link = new URLSearchParams(location.search)
  const own = read(() => sessionStorage.getItem(KEY))
  const record = own ?? read(() => localStorage.getItem(KEY))
  const goesOn = record && (!link.size || `${link}` === `${new URLSearchParams(record.address)}`)
  const kept = (own || goesOn) && record.kept // memory.py decides so too

  /** @returns {Promise<FirstLook | null>} */
  const asked = async () => {
    if (location.pathname !== server.pathname || kept?.goal || kept?.lesson) return null
    const { selected, expanded, folded, choices } = kept ?? {}
    const query = goesOn ? { ...record.networks[record.steps.at], selected, expanded, folded } : Object.fromEntries(link)
    if (choices) query.choices = JSON.stringify(choices)
    const answer = await fetch(`${server.href}first-look/${dark ? "dark" : "light"}.json?${new URLSearchParams(query)}`)
    return answer.status === 200 ? answer.json() : null
  }

  /** @param {FirstLook} look */
  const draw = async ({ address, whole, parts }) => {
    await import(server.href + address)
    const components = globalThis.inceptionComponents?.[address] ?? {}
    const styled = () => document.querySelector("body > script[async]") // which comes after the styles
    while (!styled()) await new Promise(requestAnimationFrame)
    if (document.querySelector(".st-key-explore")) return
    const page = document.createElement("div")
    page.className = "first-look"
    const { welcomed } = read(() => localStorage.getItem(`${KEY}-learning`)) ?? {}
    page.toggleAttribute("data-newcomer", !welcomed)
    page.append(document.createRange().createContextualFragment(PAGE))
    page.querySelector(".st-key-diagram-choices > div")?.classList.toggle("st-key-Level", whole)
    document.body.prepend(page)
    const timer = setInterval(() => {
      const drawn = document.querySelector(".stApp[data-test-script-state=notRunning] .stElementContainer")
      const waits = page.querySelector(".st-key-strip > div, .st-key-diagram > div")
      if (!drawn || (waits && document.querySelector("#root .st-key-explore"))) return
      clearInterval(timer)
      page.remove()
    }, PATIENCE_MS)
    for (const { key, name, data } of parts) {
      const place = document.createElement("div")
      page.querySelector(`.st-key-${key}`)?.append(place)
      components[name].draw({
        data: { key, series: "first look", version: 0, whole: data, source: { name, address } },
        files: components[name],
        parentElement: place.attachShadow({ mode: "open" }),
        setTriggerValue() {}, // what is done now is told once the page is connected
      })
    }
  }

  asked()
    .then((look) => look && draw(look))
    .catch(() => {}) // then the page comes as it does without it
}
