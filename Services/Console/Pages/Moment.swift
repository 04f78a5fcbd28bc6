import FoundationEssentials

/// A point in time. Without scripts it is told in UTC, else in the browser's own zone.
struct Moment: Equatable, Sendable {
    /// As programs read it.
    let iso: String
    /// As people read it.
    let shown: String

    init(_ text: String, _ visit: Visit) { self.init(text) }

    /// - Parameter text: RFC 3339, in UTC, as all services of ours tell times.
    init(_ text: String) {
        iso = text
        shown = Self.shown(text)
    }

    private static func shown(_ text: String) -> String {
        let minute = text.prefix(16).replacing("T", with: " ")
        return text.hasSuffix("Z") && minute.count == 16 ? "\(minute) UTC" : text
    }

    /// A sentence with the times in it as people read them.
    static func shown(in sentence: String) -> String {
        sentence.replacing(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/) { shown(String($0.output)) }
    }
}

extension Sentence {
    /// The same with the times in it as people read them.
    var withTimes: Sentence { Sentence(text: Moment.shown(in: text), lang: lang) }
}
