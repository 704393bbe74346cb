// Dialogs, popovers and tips are drawn beside Streamlit's app, which alone knows whether its theme is light or dark: the
// whole page is told, or light-dark() means light in them.

/** Once for the page. */
export function followTheme() {
  const app = document.querySelector(".stApp")
  if (!app) return
  const follow = () => {
    document.documentElement.style.colorScheme = getComputedStyle(app).colorScheme
  }
  new MutationObserver(follow).observe(app, { attributeFilter: ["class"] })
  follow()
}
