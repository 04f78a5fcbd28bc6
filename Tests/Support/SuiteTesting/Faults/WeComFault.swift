/// What WeCom answers otherwise than it should, during one run.
public struct WeComFault: Sendable, CustomStringConvertible {
    /// The interface, such as `user/list`.
    public let path: String
    /// What the simulator calls it.
    public let kind: String
    /// WeCom's code, if that is answered.
    public private(set) var code: Int?
    /// How many calls pass before.
    public let afterCalls: Int
    /// How many calls meet it; `nil` for all.
    public let times: Int?

    /// As the simulator takes it.
    public var order: JSON {
        var fields: [String: JSON] = [
            "path": .string(path), "kind": .string(kind), "afterCalls": .integer(afterCalls),
        ]
        if let code { fields["code"] = .integer(code) }
        if let times { fields["times"] = .integer(times) }
        return .object(fields)
    }

    /// That one person alone is gone is WeCom's own word, and cannot be told from the truth.
    public var isWord: Bool { Self.isWord(path, code) }

    fileprivate static func isWord(_ path: String, _ code: Int?) -> Bool { path == "user/get" && code == 60_111 }

    /// Whether lists lack some of what belongs in them, and nothing else tells.
    public var isQuiet: Bool { path == "user/list" && (kind == "empty" || kind == "short") }

    /// In a few words.
    public var description: String {
        "\(path) \(kind)\(code.map { " \($0)" } ?? "") after \(afterCalls)\(times.map { " for \($0)" } ?? "")"
    }
}

extension WeComFault {
    private static let kinds: [(path: String, kind: String, code: Int?)] =
        ["empty", "short", "truncate", "disconnect", "garbage"].flatMap { kind in
            ["user/list", "department/list"].map { (path: $0, kind: kind, code: nil) }
        }
        + [-1, 60_011, 60_003, 60_111, 45_033, 40_014, 48_002].map { (path: "user/list", kind: "errcode", code: $0) }
        + [-1, 60_111, 48_002, 45_033].map { (path: "user/get", kind: "errcode", code: $0) }
        + ["truncate", "garbage", "disconnect"].map { (path: "user/get", kind: $0, code: nil) }
        + [-1, 48_002].map { (path: "agent/get", kind: "errcode", code: $0) }
        + [(path: "agent/get", kind: "empty", code: nil), (path: "user/list", kind: "http", code: nil)]
        + [(path: "department/get", kind: "errcode", code: 60_003), (path: "*", kind: "http", code: nil)]

    /// One of all that the simulator knows.
    public init(using random: inout SeededGenerator) {
        let drawn = Self.kinds[Int.random(in: 0..<Self.kinds.count, using: &random)]
        (path, kind, code) = (drawn.path, drawn.kind, drawn.code)
        let (passed, met) = (Int.random(in: 0...4, using: &random), Int.random(in: 1...3, using: &random))
        let isShort = Bool.random(using: &random)
        // A run waits until WeCom lets it read on.
        let isLimit = code == 45_033
        let isWord = Self.isWord(path, code)
        afterCalls = isWord ? 0 : passed
        times = (isShort || isLimit) && !isWord ? met : nil
    }
}
