import Messages

extension Timestamp {
    /// The database knows no year 0.
    private static let first = Timestamp("0001-01-01T00:00:00.000Z")

    /// `nil` for any other form, and for what the database does not know.
    ///
    /// - Parameter text: RFC 3339, with `Z` or an offset.
    init?(rfc3339 text: String) {
        guard let match = text.wholeMatch(of: /(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?)(Z|([+-])(\d\d):(\d\d))/),
            let local = Timestamp("\(match.1)Z")
        else { return nil }
        var offset: Int64 = 0
        if let sign = match.3, let hours = match.4.flatMap({ Int64($0) }),
            let minutes = match.5.flatMap({ Int64($0) })
        {
            guard hours < 24, minutes < 60 else { return nil }
            offset = (hours * 60 + minutes) * 60_000 * (sign == "-" ? -1 : 1)
        }
        self.init(millisecondsSince1970: local.millisecondsSince1970 - offset)
        guard let first = Self.first, self >= first else { return nil }
    }
}
