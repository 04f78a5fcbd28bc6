/// One of several to choose from in a form.
struct Choice: Sendable {
    let value: String
    let label: String
    let isChosen: Bool
}
