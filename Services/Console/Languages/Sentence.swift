/// What a service says, as pages show it, with the language that it is in.
struct Sentence: Equatable, Sendable {
    let text: String
    let lang: String

    /// The same with the times in it as people read them.
    var withTimes: Sentence { Sentence(text: Moment.shown(in: text), lang: lang) }
}
