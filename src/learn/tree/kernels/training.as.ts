export function one(at: usize): i32 { return load<i32>(at) }
