import JSONCoding
import Messages

/// The people of one answer: their records byte for byte, and who they are.
struct UserList: Sendable {
    /// As they came, to be cut into pages.
    private(set) var pages: [RawJSON] = []
    /// The digests of their keys, in order; one that comes twice is there twice.
    private(set) var keys: [ContentDigest] = []
    /// Where the keys of each page after the first begin.
    private var starts: [Int] = []
    /// People that cannot be told apart, for want of a user id.
    private(set) var withoutID = 0
    /// People whose records are too large for a message; they are in no page.
    private(set) var tooLarge = 0

    /// Reads the body of `user/list` (`wecom.md` §3.5).
    ///
    /// - Throws: `JSONError` when it is not of its form.
    init(departmentAnswer body: [UInt8], isCaseSensitive: Bool) throws(JSONError) {
        var ids: [String?] = []
        let list = try ElementList("userlist", in: body) { (reader: inout JSONReader) throws(JSONError) in
            ids.append(try Self.userID(&reader))
        }
        var cutter = PageCutter()
        for (element, id) in zip(list.elements, ids) {
            add(id, list.bytes(element), to: &cutter, isCaseSensitive: isCaseSensitive)
        }
        pages = cutter.finish()
    }

    /// The keys of a page's people.
    func keys(ofPage number: Int) -> ArraySlice<ContentDigest> {
        let start = number == 0 ? 0 : starts[number - 1]
        return keys[start..<(number < starts.count ? starts[number] : keys.count)]
    }

    /// Reads bodies of `user/get`, each the object of one person (`wecom.md` §3.6).
    ///
    /// - Throws: `JSONError` when one is not of its form.
    init(personAnswers bodies: [[UInt8]], isCaseSensitive: Bool) throws(JSONError) {
        var cutter = PageCutter()
        for body in bodies {
            var reader = JSONReader(body)
            let id = try Self.userID(&reader)
            try reader.finish()
            add(id, body[...], to: &cutter, isCaseSensitive: isCaseSensitive)
        }
        pages = cutter.finish()
    }

    private mutating func add(
        _ id: String?,
        _ bytes: ArraySlice<UInt8>,
        to cutter: inout PageCutter,
        isCaseSensitive: Bool
    ) {
        guard cutter.add(bytes) else {
            tooLarge += 1
            return
        }
        if cutter.pages.count > starts.count { starts.append(keys.count) }
        if let id {
            keys.append(DirectoryKey(id, isCaseSensitive: isCaseSensitive).digest)
        } else {
            withoutID += 1
        }
    }

    private static let keysOfUser = JSONKeys(["userid"])

    /// Reads a person's object to its end. What is no object has no id.
    private static func userID(_ reader: inout JSONReader) throws(JSONError) -> String? {
        guard try reader.peek() == .object else {
            try reader.skipValue()
            return nil
        }
        var id: String?
        try reader.beginObject()
        while let key = try reader.nextKey(in: keysOfUser) {
            if key != JSONKeys.unknown, try reader.peek() == .string {
                id = try reader.readString()
            } else {
                try reader.skipValue()
            }
        }
        // Longer ones exist nowhere (`wecom.md` §3.6, §4.4), and the mapper takes none.
        guard let id, (1...129).contains(id.utf8.count), !id.utf8.contains(0) else { return nil }
        return id
    }
}
