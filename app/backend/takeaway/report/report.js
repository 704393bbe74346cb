"use strict"

// A click on a box opens its block's drawing; one on a stage of the costs opens its parts; one on a heading sorts.

for (const item of document.querySelectorAll(".whole [data-path]")) {
  item.addEventListener("click", (click) => {
    const stage = (item.getAttribute("data-path") ?? "").split(/[.-]/)[0]
    const block = document.querySelector(`details[data-stage="${CSS.escape(stage)}"]`)
    if (!(block instanceof HTMLDetailsElement)) return
    click.stopPropagation()
    block.open = true
    block.scrollIntoView({ behavior: "smooth", block: "nearest" })
  })
}

for (const table of document.querySelectorAll("table.sortable")) {
  for (const body of table.querySelectorAll("tbody")) {
    body.rows[0].tabIndex = 0
    body.rows[0].addEventListener("click", () => body.classList.toggle("open"))
    body.rows[0].addEventListener("keydown", (key) => {
      if (key.key === "Enter") body.classList.toggle("open")
    })
  }
  const order = [...table.querySelectorAll("tbody")] // of the forward pass, to which the third click returns
  const buttons = [...table.querySelectorAll("button")]
  buttons.forEach((button, column) => {
    button.addEventListener("click", () => {
      const next = { "": "descending", descending: "ascending", ascending: "" }[button.getAttribute("aria-sort") ?? ""] ?? ""
      for (const other of buttons) other.removeAttribute("aria-sort")
      if (next) button.setAttribute("aria-sort", next)
      const sign = next === "descending" ? -1 : 1
      const key = (/** @type {HTMLElement} */ body) => body.dataset[`key${column}`] ?? ""
      const sorted = next
        ? [...order].sort((a, b) => sign * key(a).localeCompare(key(b), "en", { numeric: true }))
        : order
      table.append(...sorted)
    })
  })
}
