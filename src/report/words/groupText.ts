/** Returns the name of a group without that of the only attribute there is, which stands above: "Two year", "below 7". */
export function groupText(name: string, attributes: readonly string[]): string {
  const [attribute, another] = attributes
  if (attribute === undefined || another !== undefined || !name.startsWith(`${attribute} `)) return name
  return name.slice(attribute.length + 1).replace(/^= /, '')
}
