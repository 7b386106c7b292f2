/** Regions of the operator. */
export const regions = ['capital', 'north', 'south', 'east', 'west', 'coast', 'hills', 'border'] as const

/** Share of the customers that lives in each region. */
export const regionShares = [0.24, 0.14, 0.16, 0.12, 0.1, 0.12, 0.07, 0.05]
