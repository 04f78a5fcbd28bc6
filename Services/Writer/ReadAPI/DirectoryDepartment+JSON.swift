import JSONCoding
import Messages

/// Departments are asked for by the thousand, of which Foundation's encoder would make most of a page's time.
extension DirectoryReading.Page<DirectoryDepartment> {
    /// The page as it is answered: what the encoder makes of it.
    var json: [UInt8] {
        var writer = JSONWriter(reserving: 64 + items.count * 180)
        writer.beginObject()
        writer.key("items")
        writer.beginArray()
        for department in items { department.write(to: &writer) }
        writer.endArray()
        writer.write("nextCursor", nextCursor)
        writer.endObject()
        return writer.bytes
    }
}

extension DirectoryDepartment {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.write("englishName", englishName)
        writer.key("externalID")
        writer.write(externalID)
        writer.key("leaders")
        writer.beginArray()
        for leader in leaders { writer.write(leader) }
        writer.endArray()
        writer.write("name", name)
        writer.key("order")
        writer.write(order)
        if let parentID {
            writer.key("parentID")
            writer.write(parentID)
        }
        if let people {
            writer.key("people")
            writer.write(Int64(people))
        }
        writer.write("state", state.rawValue)
        writer.write("updatedAt", updatedAt.description)
        writer.endObject()
    }
}
