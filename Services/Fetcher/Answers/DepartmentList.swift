import JSONCoding

/// The departments of one answer: their records byte for byte, and how they hang together.
struct DepartmentList: Sendable {
    /// What is read of a department here.
    struct Department: Sendable {
        let id: Int64
        let parent: Int64?
        /// Where its record stands in the answer.
        let element: Range<Int>
    }

    private let list: ElementList
    /// In the order in which they came; of two with one id the first.
    private(set) var departments: [Department] = []
    /// Departments that cannot be told apart, for want of an id.
    private(set) var withoutID = 0

    private static let keys = JSONKeys(["id", "parentid"])

    /// Reads the body of `department/list` (`wecom.md` §3.1).
    ///
    /// - Throws: `JSONError` when it is not of its form.
    init(_ body: [UInt8]) throws(JSONError) {
        var found: [(id: Int64?, parent: Int64?)] = []
        list = try ElementList("department", in: body) { (reader: inout JSONReader) throws(JSONError) in
            found.append(try Self.read(&reader))
        }
        var known: Set<Int64> = []
        for (element, (id, parent)) in zip(list.elements, found) {
            guard let id else {
                withoutID += 1
                continue
            }
            if known.insert(id).inserted { departments.append(Department(id: id, parent: parent, element: element)) }
        }
    }

    /// The record of a department.
    func bytes(of department: Department) -> ArraySlice<UInt8> { list.bytes(department.element) }

    private static func read(_ reader: inout JSONReader) throws(JSONError) -> (Int64?, Int64?) {
        guard try reader.peek() == .object else {
            try reader.skipValue()
            return (nil, nil)
        }
        var id: Int64?
        var parent: Int64?
        try reader.beginObject()
        while let key = try reader.nextKey(in: keys) {
            switch (key, try reader.peek()) {
            case (0, .number): id = try reader.readInt64()
            case (1, .number): parent = try reader.readInt64()
            default: try reader.skipValue()
            }
        }
        return (id, parent)
    }
}
