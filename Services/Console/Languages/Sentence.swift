/// What a service says, as pages show it, with the language that it is in.
struct Sentence: Equatable, Sendable {
    let text: String
    let lang: String
}
