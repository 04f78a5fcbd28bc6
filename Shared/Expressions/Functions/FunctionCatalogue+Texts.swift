extension FunctionCatalogue {
    static let texts: [Function] = [
        Function(
            "concat",
            [.init("text", .text, .number)],
            isVariadic: true,
            gives: .of(.text),
            upTo: .sum,
            "Puts texts and numbers behind each other; what is absent is left out, and absent comes of nothing else.",
            example: example("concat(userid, \"@example.com\")", ["userid": "ann"], gives: "ann@example.com"),
            .values { arguments in
                let texts = arguments.compactMap(\.plainText)
                return texts.isEmpty ? .absent : .text(texts.joined())
            }
        ),
        Function(
            "lower",
            [.init("text", .text)],
            gives: .of(.text),
            upTo: .first(times: 3),
            "Makes capital letters small.",
            example: example("lower(email)", ["email": "Ann@Example.COM"], gives: "ann@example.com"),
            onText { .text(lowercased($0)) }
        ),
        Function(
            "upper",
            [.init("text", .text)],
            gives: .of(.text),
            upTo: .first(times: 3),
            "Makes small letters capital.",
            example: example("upper(alias)", ["alias": "ann"], gives: "ANN"),
            onText { .text($0.uppercased()) }
        ),
        Function(
            "trim",
            [.init("text", .text)],
            gives: .of(.text),
            "Takes away white space before and after.",
            example: example("trim(name)", ["name": "  Ann Lee "], gives: "Ann Lee"),
            onText { .text(TextSearch.trimmed($0)) }
        ),
        Function(
            "replace",
            [.init("text", .text), .init("what", .text), .init("with", .text)],
            gives: .of(.text),
            upTo: .whole,
            "Puts one text in the place of another, wherever that stands.",
            example: example("replace(mobile, \"+86\", \"\")", ["mobile": "+8613800138000"], gives: "13800138000"),
            .values { arguments throws(EvaluationError) in
                guard let text = arguments[0].text else { return .absent }
                return .text(try replaced(text, arguments[1].text ?? "", arguments[2].text ?? ""))
            }
        ),
        Function(
            "substring",
            [.init("text", .text), .init("start", .number), .init("length", .number)],
            required: 2,
            gives: .of(.text),
            "Takes characters from a place on, which is counted from 0, or from the end where it is negative.",
            example: example("substring(mobile, -4)", ["mobile": "13800138000"], gives: "8000"),
            .values { arguments in
                guard let text = arguments[0].text else { return .absent }
                return .text(substring(text, arguments[1].count ?? 0, arguments.count > 2 ? arguments[2].count : nil))
            }
        ),
        Function(
            "digits",
            [.init("text", .text)],
            gives: .of(.text),
            "Leaves the digits alone; full-width ones become plain.",
            example: example("digits(telephone)", ["telephone": "020-8123 4567"], gives: "02081234567"),
            onText { .text(digits($0)) }
        ),
        Function(
            "domainOf",
            [.init("address", .text)],
            gives: .of(.text),
            "The part of a mail address behind the @, in small letters; absent where there is none.",
            example: example("domainOf(biz_mail)", ["biz_mail": "ann@Example.com"], gives: "example.com"),
            onText { address in
                guard let at = address.lastIndex(of: "@") else { return .absent }
                return .text(address[address.index(after: at)...].lowercased())
            }
        ),
        Function(
            "matches",
            [.init("text", .text), .init("pattern", .text, isLiteral: true)],
            gives: .of(.boolean),
            upTo: .small,
            """
            Whether a regular expression is found in a text; ^ and $ tie it to the ends. It has characters, ., [a-z], \\d \
            \\w \\s, groups, |, and * + ? {m,n}, and takes time by the text's length only.
            """,
            example: example("matches(mobile, \"^1\\\\d{10}$\")", ["mobile": "13800138000"], gives: "true"),
            .matching
        ),
        Function(
            "pinyin",
            [.init("text", .text), .init("separator", .text)],
            required: 1,
            gives: .of(.text),
            upTo: .whole,
            """
            Chinese characters as they are spoken, other words as they are, in small letters without tones; of several \
            readings the commonest, and v for ü.
            """,
            example: example("pinyin(name)", ["name": "张三"], gives: "zhangsan"),
            .values { arguments throws(EvaluationError) in
                guard let text = arguments[0].text else { return .absent }
                let separator = arguments.count > 1 ? arguments[1].text ?? "" : ""
                return .text(try spoken(text).joined(separator: separator))
            }
        ),
        Function(
            "initials",
            [.init("text", .text)],
            gives: .of(.text),
            "The first letter of each Chinese character's pinyin and of each other word, in small letters.",
            example: example("initials(name)", ["name": "欧阳娜娜"], gives: "oynn"),
            onText { text throws(EvaluationError) in .text(String(try spoken(text).compactMap(\.first))) }
        ),
    ]

    private static func replaced(_ text: String, _ what: String, _ with: String) throws(EvaluationError) -> String {
        guard let replaced = TextSearch.replace(what, in: text, with: with, limit: ExpressionLimits.textBytes) else {
            throw .tooLong
        }
        return replaced
    }

    private static func substring(_ text: String, _ start: Int, _ length: Int?) -> String {
        let from = start < 0 ? max(0, text.count + start) : start
        let rest = text.dropFirst(from)
        return String(length.map { rest.prefix(max(0, $0)) } ?? rest)
    }

    /// Byte by byte: a full-width digit is `EF BC` and one of `90` to `99`.
    private static func digits(_ text: String) -> String {
        var digits: [UInt8] = []
        digits.reserveCapacity(text.utf8.count)
        var before: (UInt8, UInt8) = (0, 0)
        for byte in text.utf8 {
            if byte &- 0x30 < 10 {
                digits.append(byte)
            } else if before == (0xEF, 0xBC), byte &- 0x90 < 10 {
                digits.append(byte &- 0x60)
            }
            before = (before.1, byte)
        }
        return String(decoding: digits, as: UTF8.self)
    }

    /// Most texts that are to be small are so.
    private static func lowercased(_ text: String) -> String {
        let isSmall = text.utf8.allSatisfy { $0 < 0x80 && $0 &- 0x41 > 25 }
        return isSmall ? text : text.lowercased()
    }

    private static func spoken(_ text: String) throws(EvaluationError) -> [String] {
        guard text.unicodeScalars.count <= ExpressionLimits.spokenCharacters else { throw .tooLong }
        return Pinyin.words(of: text)
    }
}
