// In a narrow window the menu lies over the page: the choice of a page closes it, and so does Escape. The focus goes in
// with it, and back to the button that opens it.

const OPEN = "[data-testid=stExpandSidebarButton]"
const CLOSE = "[data-testid=stSidebarCollapseButton] button"
const PAGE = "[data-testid=stSidebarNavLink]"
const SHOWN = ".stSidebar:not([data-collapsed=true])"

/** Once for the page. */
export function keepMenu() {
  document.addEventListener("click", ({ target }) => {
    if (!(target instanceof Element)) return
    if (target.closest(PAGE)) close()
    else if (target.closest(OPEN)) requestAnimationFrame(() => control(PAGE)?.focus())
  })
  document.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || !document.activeElement?.closest(SHOWN)) return
    close()
    requestAnimationFrame(() => control(OPEN)?.focus())
  })
}

function close() {
  control(`${SHOWN} ${CLOSE}`)?.click()
}

/** @param {string} css */
const control = (css) => /** @type {HTMLElement | null} */ (document.querySelector(css))
