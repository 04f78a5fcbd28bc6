public import FoundationEssentials

extension Environment {
    /// A whole number.
    ///
    /// - Throws: ``ConfigurationError`` when it is none, or out of range.
    public func integer(
        _ name: String,
        default value: Int,
        in range: ClosedRange<Int> = Int.min...Int.max
    ) throws -> Int {
        let form =
            range == Int.min...Int.max
            ? "a whole number" : "a whole number from \(range.lowerBound) to \(range.upperBound)"
        return try valued(name, default: value, form: form) { Int($0).flatMap { range.contains($0) ? $0 : nil } }
    }

    /// A duration, given in seconds, which may have decimals.
    ///
    /// - Throws: ``ConfigurationError`` when it is none, or out of range.
    public func duration(
        _ name: String,
        default value: Duration,
        in range: ClosedRange<Duration> = .zero...(.seconds(365 * 86_400))
    ) throws -> Duration {
        let form = "seconds, from \(range.lowerBound / .seconds(1)) to \(range.upperBound / .seconds(1))"
        return try valued(name, default: value, form: form) { text in
            guard let seconds = Double(text), seconds.isFinite, abs(seconds) < 1e10 else { return nil }
            let duration = Duration.seconds(seconds)
            return range.contains(duration) ? duration : nil
        }
    }

    /// A truth value: `true` or `false`.
    ///
    /// - Throws: ``ConfigurationError`` when it is neither.
    public func boolean(_ name: String, default value: Bool) throws -> Bool {
        try valued(name, default: value, form: "true or false") { text in
            switch text.lowercased() {
            case "true", "yes", "1": true
            case "false", "no", "0": false
            default: nil
            }
        }
    }

    /// An `http` or `https` URL, without a slash at its end.
    ///
    /// - Parameter value: Without one, the variable is required.
    /// - Throws: ``ConfigurationError`` when it is missing or none.
    public func url(_ name: String, default value: String? = nil) throws -> URL {
        let form = "an http or https URL"
        guard let url = try optionalURL(name, default: value) else {
            return try text(name) == nil ? missing(name, form, standIn: Self.nowhere) : Self.nowhere
        }
        return url
    }

    /// An `http` or `https` URL, without a slash at its end, if it is set.
    ///
    /// - Throws: ``ConfigurationError`` when it is none.
    public func optionalURL(_ name: String, default value: String? = nil) throws -> URL? {
        let url = try parsed(name, form: "an http or https URL", Self.webURL)
        guard url == nil, text(name) == nil, let value else { return url }
        journal.note(name, value)
        return Self.webURL(value)
    }

    /// One of a type's cases, by its raw value.
    ///
    /// - Throws: ``ConfigurationError`` when it is none of them.
    public func choice<Choice: CaseIterable & RawRepresentable<String>>(
        _ name: String,
        default value: Choice
    ) throws -> Choice {
        let form = "one of " + Choice.allCases.map(\.rawValue).joined(separator: ", ")
        return try valued(name, default: value, form: form) { Choice(rawValue: $0) }
    }

    /// Texts separated by commas, trimmed; empty ones are left out.
    public func list(_ name: String) -> [String] {
        (optional(name) ?? "").split(separator: ",").map { $0.trimming(" ") }.filter { !$0.isEmpty }
    }

    private func valued<Value>(
        _ name: String,
        default value: Value,
        form: String,
        _ parse: (String) -> Value?
    ) throws -> Value {
        if let parsed = try parsed(name, form: form, parse) { return parsed }
        if text(name) == nil { journal.note(name, "\(value)") }
        return value
    }

    private static func webURL(_ text: String) -> URL? {
        var text = text
        while text.hasSuffix("/") { text.removeLast() }
        guard let url = URL(string: text), let host = url.host(), !host.isEmpty else { return nil }
        return url.scheme == "https" || url.scheme == "http" ? url : nil
    }

    private static let nowhere = URL(filePath: "/")
}

extension Substring {
    fileprivate func trimming(_ character: Character) -> String {
        var text = self
        while text.first == character { text.removeFirst() }
        while text.last == character { text.removeLast() }
        return String(text)
    }
}
