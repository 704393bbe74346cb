// Paths: what a selection means in a drawing that shows more or less than it names.

/** @import { Place } from "./diagram.js" */

/**
 * The path itself, then what it lies in, from the inside out.
 * @param {string} path
 */
export function ancestors(path) {
  const parts = path.split(".")
  return parts.map((_, index) => parts.slice(0, parts.length - index).join("."))
}

/**
 * The place with exactly this id, else those in it, else the nearest one around it.
 * @param {Place[]} places
 * @param {string | null} path
 */
export function placesAt(places, path) {
  if (!path) return []
  const exact = places.filter((place) => place.id === path)
  if (exact.length) return exact
  const inside = places.filter((place) => place.id.startsWith(`${path}.`))
  if (inside.length) return inside
  const around = ancestors(path).find((id) => places.some((place) => place.id === id))
  return places.filter((place) => place.id === around)
}

/**
 * The innermost cluster that the path names or lies in.
 * @param {Place[]} places
 * @param {string} path
 */
export function clusterAround(places, path) {
  const clusters = places.filter((place) => place.kind === "cluster")
  return ancestors(path)
    .map((id) => clusters.find((cluster) => cluster.id === id))
    .find(Boolean)
}
