import JSONCoding

/// The departments that an app sees.
struct VisibleDepartmentList: Encodable, Sendable {
    var items: [VisibleDepartment]
}

/// A department that an app sees in WeCom now.
struct VisibleDepartment: Encodable, Sendable, Equatable {
    var id: Int64
    /// Nil for a top one.
    var parentID: Int64?
    /// Nil where WeCom does not tell the app.
    var name: String?
    /// Who is in it directly; nil where that was not counted.
    var people: Int?

    /// - Returns: Nil for one without a number.
    init?(_ department: [String: JSONValue]) {
        guard let id = LiveAnswer.number(department["id"]) else { return nil }
        self.id = id
        parentID = LiveAnswer.number(department["parentid"]).flatMap { $0 == 0 ? nil : $0 }
        name = LiveAnswer.text(department["name"])
    }
}
