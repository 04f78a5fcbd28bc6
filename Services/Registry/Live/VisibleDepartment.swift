import JSONCoding

/// A department that an app sees in WeCom now.
struct VisibleDepartment: Sendable, Equatable {
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

    /// The departments that an app sees, as they are answered: there are thousands, of which Foundation's encoder would make
    /// most of a page's time.
    static func json(_ departments: [VisibleDepartment]) -> [UInt8] {
        var writer = JSONWriter(reserving: 32 + departments.count * 60)
        writer.beginObject()
        writer.key("items")
        writer.beginArray()
        for department in departments { department.write(to: &writer) }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    private func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("id")
        writer.write(id)
        writer.write("name", name)
        if let parentID {
            writer.key("parentID")
            writer.write(parentID)
        }
        if let people {
            writer.key("people")
            writer.write(Int64(people))
        }
        writer.endObject()
    }
}
