/// All functions of the language.
package enum FunctionCatalogue {
    package static let all = (texts + lists + choices + conversions + departments).sorted { $0.name < $1.name }

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    package static func function(_ name: String) -> Function? { byName[name] }

    static func example(_ source: String, _ fields: [String: String] = [:], gives result: String) -> Function.Example {
        Function.Example(source: source, fields: fields, result: result)
    }

    /// A function of one text, which makes nothing of nothing.
    static func onText(_ change: @escaping @Sendable (String) throws(EvaluationError) -> Value) -> Function.Body {
        .values { arguments throws(EvaluationError) in
            guard case .text(let text) = arguments[0] else { return .absent }
            return try change(text)
        }
    }
}

extension Value {
    /// The text, or nothing where it is another value.
    var text: String? { if case .text(let text) = self { text } else { nil } }

    /// The whole number that it is; a fraction is cut off.
    var count: Int? {
        guard case .number(let number) = self, abs(number) < 1_000_000 else { return nil }
        return Int(number)
    }
}
