/** Returns a broken line at equal steps of its ascending `share`, which runs from 0 to 1. O(corners + points). */
export function atEqualSteps(
  share: Float64Array,
  height: Float64Array,
  points: number,
): { readonly share: Float64Array; readonly height: Float64Array } {
  const steps = Float64Array.from({ length: points + 1 }, (_, point) => point / points)
  let corner = 0
  const heights = steps.map((step) => {
    while (share[corner + 1]! < step) corner++
    const width = share[corner + 1]! - share[corner]!
    return height[corner]! + (height[corner + 1]! - height[corner]!) * ((step - share[corner]!) / width)
  })
  return { share: steps, height: heights }
}
