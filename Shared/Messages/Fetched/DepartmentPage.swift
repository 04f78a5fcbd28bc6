public import JSONCoding

/// Departments as WeCom answered them, each as strict JSON. Written by the fetcher, read by the mapper.
/// Topic `wecom.records.v1`.
public struct DepartmentPage: Message {
    /// What `ce_type` says of it.
    public static let type = MessageType("department-page")

    /// Number of the page within its holder's part of the run, from 1, shared with the user pages.
    public var page: Int
    /// An array of department objects (`wecom.md` §3.1).
    public var departments: RawJSON

    /// - Parameters:
    ///   - page: Number of the page within its holder's part of the run.
    ///   - departments: An array of department objects.
    public init(page: Int, departments: RawJSON) {
        self.page = page
        self.departments = departments
    }
}

extension DepartmentPage {
    /// Reads the JSON with the hot reader.
    public static func decode(_ json: [UInt8]) throws -> DepartmentPage {
        let (page, departments) = try read(json) { RawJSON(bytes: try $0.readRaw()) }
        return DepartmentPage(page: page, departments: departments)
    }

    /// Reads the JSON in one pass, with the departments where they stand in it.
    ///
    /// - Parameter readDepartments: Reads the array of departments, which comes next, to its end.
    /// - Throws: `JSONError`, and what `readDepartments` throws.
    public static func read<Departments>(
        _ json: [UInt8],
        _ readDepartments: (inout JSONReader) throws -> Departments
    ) throws -> (page: Int, departments: Departments) {
        let content = try PageCoding.decode(json, list: "departments", readDepartments)
        return (content.page, content.list)
    }

    /// Writes the JSON with the hot writer.
    public func encode() throws -> [UInt8] {
        PageCoding.encode(page: page, key: "departments", list: departments)
    }
}
