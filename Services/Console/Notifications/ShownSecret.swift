/// A secret that is shown this once.
struct ShownSecret: Sendable {
    let of: String
    let secret: String
    let note: String
    let back: String
}
