import FoundationEssentials
import Runtime
import Web

/// A point in time that somebody chose in a form.
///
/// A form's field has no time zone: with it comes by how many minutes UTC is ahead of what was typed, which is 0 without
/// scripts, as the field is said to be in UTC then.
struct PastTime: Equatable, Sendable {
    /// RFC 3339, in UTC.
    let text: String

    /// Nil where the query's `at` is no time.
    init?(_ query: FormFields) {
        guard let typed = query["at"] else { return nil }
        guard !typed.hasSuffix("Z") else {
            // As a service told it, to the millisecond.
            guard Self.date(typed) != nil else { return nil }
            text = typed
            return
        }
        // `2026-03-01T08:30` has no seconds.
        let seconds = typed.count == 16 ? ":00" : ""
        guard let ahead = Int(query["offset"] ?? "0"), abs(ahead) <= 24 * 60,
            let date = Self.date("\(typed)\(seconds)Z")
        else { return nil }
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        text = date.addingTimeInterval(Double(ahead) * 60).formatted(style)
    }

    /// As the form's field takes it, to the second.
    var typed: String { String(text.prefix(19)) }

    /// Where a path shows what was at a time.
    static func path(_ path: String, at time: String) -> String { PercentEncoding.url(path, [("at", time)]) }

    private static func date(_ text: String) -> Date? {
        (try? Date(text, strategy: .iso8601))
            ?? (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
    }
}

/// The form by which another time is chosen.
struct PastChoice: Sendable {
    /// Where it leads.
    let path: String
    /// What is in it at first, in UTC.
    let typed: String?
}
