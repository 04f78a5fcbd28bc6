/// The table of WeCom's error codes (wecom.md §5), from which runs, console and logon pages take what they do and say.
public enum ErrorReactions {
    /// Every known code.
    public static let all: [ErrorReaction] = platform + credentials + requests + permissions + directory + authorization

    private static let byCode = Dictionary(
        all.compactMap { entry in entry.code.map { ($0, entry) } },
        uniquingKeysWith: { first, _ in first }
    )

    /// The row of `code`; for an unknown code a row that stops the run and keeps the data.
    public static func of(_ code: Int) -> ErrorReaction {
        byCode[code]
            ?? ErrorReaction(
                code,
                .stop,
                .operator,
                "WeCom answered with the unknown error \(code)",
                "look the code up at https://open.work.weixin.qq.com/devtool/query?e=\(code) and quote the hint to WeCom"
            )
    }

    /// Whether the table has a row for the code.
    static func isKnown(_ code: Int) -> Bool { byCode[code] != nil }

    /// Whether the enterprise has withdrawn its authorization, as after a `cancel_auth` event.
    public static func meansAuthorizationLost(_ code: Int) -> Bool {
        code == 40084 || code == 48004
    }

    static func rows(
        _ codes: [Int],
        _ reaction: Reaction,
        _ actor: ResponsibleParty,
        _ sentence: String,
        _ fix: String
    ) -> [ErrorReaction] {
        codes.map { ErrorReaction($0, reaction, actor, sentence, fix) }
    }
}
