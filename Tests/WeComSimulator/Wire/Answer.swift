import NIOCore

/// The successful answer of one call.
enum Answer: Sendable {
    case json(JSON)
    /// A list that was rendered before.
    case rendered(ByteBuffer)

    /// The members after `errcode` 0.
    static func ok(_ members: JSON = .object([])) -> Answer {
        .json(
            JSON.object([.init(name: "errcode", value: 0), .init(name: "errmsg", value: "ok")]).adding(members.members)
        )
    }

    /// The members alone: some calls give `errcode` only on failure (wecom.md §0.2).
    static func bare(_ members: JSON) -> Answer { .json(members) }

    var bytes: ByteBuffer {
        switch self {
        case .json(let json): json.bytes
        case .rendered(let bytes): bytes
        }
    }
}

extension JSON {
    /// The members of an object, none for anything else.
    var members: [Member] {
        guard case .object(let members) = self else { return [] }
        return members
    }
}
