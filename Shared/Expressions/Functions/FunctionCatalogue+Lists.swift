extension FunctionCatalogue {
    static let lists: [Function] = [
        Function(
            "split",
            [.init("text", .text), .init("separator", .text)],
            gives: .of(.list),
            "Cuts a text at a separator; white space around the parts is taken away, and empty parts are left out.",
            example: example("split(alias, \",\")", ["alias": "ann, lee"], gives: "ann, lee"),
            .values { arguments throws(EvaluationError) in
                guard let text = arguments[0].text else { return .absent }
                return .list(try parts(of: text, arguments[1].text ?? ""))
            }
        ),
        Function(
            "join",
            [.init("list", .list), .init("separator", .text)],
            gives: .of(.text),
            upTo: .whole,
            "Puts the texts of a list behind each other, with a separator between them.",
            example: example("join(direct_leader, \";\")", ["direct_leader": "ann,bob"], gives: "ann;bob"),
            .values { arguments throws(EvaluationError) in
                guard case .list(let list) = arguments[0] else { return .absent }
                let separator = arguments[1].text ?? ""
                let bytes = list.reduce(0) { $0 + $1.utf8.count } + separator.utf8.count * max(0, list.count - 1)
                guard bytes <= ExpressionLimits.textBytes else { throw .tooLong }
                return .text(list.joined(separator: separator))
            }
        ),
        Function(
            "first",
            [.init("list", .list)],
            gives: .of(.text),
            "The first text of a list; absent where it is empty.",
            example: example("first(direct_leader)", ["direct_leader": "ann,bob"], gives: "ann"),
            .values { arguments in
                guard case .list(let list) = arguments[0], let first = list.first else { return .absent }
                return .text(first)
            }
        ),
        Function(
            "contains",
            [.init("in", .text, .list), .init("what", .text)],
            gives: .of(.boolean),
            upTo: .small,
            "Whether a text stands in another, or is one of a list.",
            example: example("contains(department, \"12\")", ["department": "7,12"], gives: "true"),
            .values { arguments in
                guard let what = arguments[1].text else { return .boolean(false) }
                switch arguments[0] {
                case .list(let list): return .boolean(list.contains(what))
                case .text(let text): return .boolean(TextSearch.parts(of: text, between: what).count > 1)
                default: return .boolean(false)
                }
            }
        ),
    ]

    private static func parts(of text: String, _ separator: String) throws(EvaluationError) -> [String] {
        let parts = TextSearch.parts(of: text, between: separator).map(TextSearch.trimmed).filter { !$0.isEmpty }
        guard parts.count <= ExpressionLimits.elements else { throw .tooLong }
        return parts
    }
}
