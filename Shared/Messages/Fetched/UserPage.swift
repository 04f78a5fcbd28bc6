public import JSONCoding

/// People as WeCom answered them, each byte for byte. Written by the fetcher, read by the mapper.
/// Topic `wecom.records.v1`.
public struct UserPage: Message {
    /// What `ce_type` says of it.
    public static let type = MessageType("user-page")

    /// Number of the page within its holder's part of the run, from 1, shared with the department pages.
    public var page: Int
    /// An array of user objects (`wecom.md` §3.6).
    public var users: RawJSON
    /// Which page of which department it is; absent for people who were asked for one by one.
    public var origin: PageOrigin?

    /// - Parameters:
    ///   - page: Number of the page within its holder's part of the run.
    ///   - users: An array of user objects.
    ///   - origin: Which page of which department it is.
    public init(page: Int, users: RawJSON, origin: PageOrigin? = nil) {
        self.page = page
        self.users = users
        self.origin = origin
    }
}

extension UserPage {
    /// Reads the JSON with the hot reader.
    public static func decode(_ json: [UInt8]) throws -> UserPage {
        let (page, users, origin) = try read(json) { RawJSON(bytes: try $0.readRaw()) }
        return UserPage(page: page, users: users, origin: origin)
    }

    /// Reads the JSON in one pass, with the people where they stand in it.
    ///
    /// - Parameter readUsers: Reads the array of people, which comes next, to its end.
    /// - Throws: `JSONError`, and what `readUsers` throws.
    public static func read<Users>(
        _ json: [UInt8],
        _ readUsers: (inout JSONReader) throws -> Users
    ) throws -> (page: Int, users: Users, origin: PageOrigin?) {
        let (page, users, origin) = try PageCoding.decode(json, list: "users", readUsers)
        return (page, users, origin)
    }

    /// Writes the JSON with the hot writer.
    public func encode() throws -> [UInt8] {
        PageCoding.encode(page: page, key: "users", list: users, origin: origin)
    }
}
