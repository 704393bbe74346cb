// In the page's head, before Streamlit's scripts: what these would ask the server for before they connect, and what is
// kept of an earlier session, so that the new one begins with it and need not ask (app/frontend/kit/visitor.py).
{
  const server = new URL(".", location.href) // is where the page's own files are
  window.__streamlit = {
    BACKEND_BASE_URL: server.origin + server.pathname,
    HOST_CONFIG: { allowedOrigins: [location.origin], useExternalAuthToken: false }, // no other site may send messages
  }
  const telling = "inception-explorer-telling" // when the last tab has begun to connect
  let told = ""
  try {
    const key = "inception-explorer" // as record.js names what it keeps
    const another = Date.now() - Number(localStorage.getItem(telling)) < 5000
    localStorage.setItem(telling, String(Date.now()))
    const own = sessionStorage.getItem(key)
    const record = own ?? localStorage.getItem(key)
    const learning = localStorage.getItem(`${key}-learning`)
    const query = JSON.stringify(location.search)
    const text = `{"own":${Boolean(own)},"record":${record},"learning":${learning},"query":${query}}`
    // The server does not listen to two at once, and many would make its header too long.
    if (!another) told = btoa(String.fromCharCode(...new TextEncoder().encode(text)))
  } catch {
    // Switched off, or far too long.
  }
  if (told.length > 3800) told = "" // a browser takes no cookie of more than 4096 letters
  const name = `inception_told_${Math.random().toString(36).slice(2)}` // other tabs may be about to connect too
  const where = `path=${server.pathname}_stcore/stream; SameSite=Strict`
  document.cookie = `${name}=${told}; ${where}; max-age=30`
  window.inceptionTold = () => {
    document.cookie = `${name}=; ${where}; max-age=0`
    try {
      localStorage.removeItem(telling)
    } catch {
      // Switched off.
    }
  }
}
