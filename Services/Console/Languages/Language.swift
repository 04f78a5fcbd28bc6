import Hummingbird

/// A language of the pages.
enum Language: String, CaseIterable, Sendable {
    case chinese = "zh-CN"
    case english = "en"

    /// What titles that tenants give begin with.
    var prefix: String { self == .chinese ? "zh" : "en" }

    /// Its place in the texts' lists.
    var index: Int { self == .english ? 0 : 1 }

    /// The other one, to switch to.
    var other: Language { self == .chinese ? .english : .chinese }

    /// What the cookie is called by which somebody has chosen.
    static let cookie = "language"

    /// The one that somebody has chosen, or that the browser prefers; Chinese where it asks for neither.
    static func chosen(by request: Request) -> Language {
        if let chosen = request.cookies[cookie].flatMap({ Language(rawValue: $0.value) }) { return chosen }
        return preferred(request.headers[.acceptLanguage] ?? "")
    }

    /// The first of those by weight that is ours (RFC 9110 §12.5.4).
    static func preferred(_ header: String) -> Language {
        let wanted = header.prefix(500).split(separator: ",").map { part -> (tag: String, weight: Double) in
            let pieces = part.split(separator: ";")
            let weight = pieces.dropFirst().compactMap { piece -> Double? in
                let text = piece.filter { $0 != " " }
                return text.hasPrefix("q=") ? Double(text.dropFirst(2)) : nil
            }
            return (pieces.first.map { $0.filter { $0 != " " }.lowercased() } ?? "", weight.first ?? 1)
        }
        let best = wanted.filter { $0.weight > 0 && ($0.tag.hasPrefix("zh") || $0.tag.hasPrefix("en")) }
            .max { $0.weight < $1.weight }
        return best?.tag.hasPrefix("en") == true ? .english : .chinese
    }
}
