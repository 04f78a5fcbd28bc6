public import JSONCoding

/// People as WeCom answered them, each as strict JSON, with their ``DepartmentPath`` where the run's terms say so. Written by the fetcher, read by the mapper.
/// Topic `wecom.records.v1`.
public struct UserPage: Message {
    /// What `ce_type` says of it.
    public static let type = MessageType("user-page")

    /// Number of the page within its holder's part of the run, from 1, shared with the department pages.
    public var page: Int
    /// By which rules the people are mapped: those of the run's terms.
    public var mappingNumber: MappingNumber
    /// An array of user objects (`wecom.md` §3.6).
    public var users: RawJSON
    /// Which page of which department it is; absent for people who were asked for one by one.
    public var origin: PageOrigin?

    /// - Parameters:
    ///   - page: Number of the page within its holder's part of the run.
    ///   - mappingNumber: By which rules the people are mapped.
    ///   - users: An array of user objects.
    ///   - origin: Which page of which department it is.
    public init(page: Int, mappingNumber: MappingNumber = .first, users: RawJSON, origin: PageOrigin? = nil) {
        self.page = page
        self.mappingNumber = mappingNumber
        self.users = users
        self.origin = origin
    }
}

extension UserPage {
    /// Reads the JSON with the hot reader.
    public static func decode(_ json: [UInt8]) throws -> UserPage {
        let content = try PageCoding.decode(json, list: "users") { RawJSON(bytes: try $0.readRaw()) }
        guard let number = content.mappingNumber else { throw JSONError(expected: "mappingNumber", offset: json.count) }
        return UserPage(page: content.page, mappingNumber: number, users: content.list, origin: content.origin)
    }

    /// Reads the JSON in one pass, with the people where they stand in it.
    ///
    /// - Parameter readUsers: Reads the array of people, which comes next, to its end.
    /// - Throws: `JSONError`, and what `readUsers` throws.
    public static func read<Users>(
        _ json: [UInt8],
        _ readUsers: (inout JSONReader) throws -> Users
    ) throws -> (page: Int, users: Users, origin: PageOrigin?) {
        let content = try PageCoding.decode(json, list: "users", readUsers)
        return (content.page, content.list, content.origin)
    }

    /// Writes the JSON with the hot writer.
    public func encode() throws -> [UInt8] {
        PageCoding.encode(page: page, mappingNumber: mappingNumber, origin: origin, key: "users", list: users)
    }
}
