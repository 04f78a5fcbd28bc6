import JSONCoding

/// What a page says of itself before its list: enough to choose the rules by which it is mapped, and to name it where
/// the rest cannot be read.
public struct PageHead: Equatable, Sendable {
    /// Number of the page within its holder's part of the run.
    public private(set) var page: Int?
    /// By which rules its people are mapped.
    public private(set) var mappingNumber: MappingNumber?
    /// Which page of which department it is.
    public private(set) var origin: PageOrigin?

    private static let keys = JSONKeys(["page", "mappingNumber", "origin"])

    /// Reads a `UserPage`, `DepartmentPage` or `UnchangedPages` up to its list, which comes last where we wrote it; of
    /// others' JSON as much as is needed.
    ///
    /// - Parameter json: Need not be whole; what cannot be read is absent.
    public init(of json: [UInt8]) {
        try? read(json)
    }

    private mutating func read(_ json: [UInt8]) throws(JSONError) {
        var reader = JSONReader(json)
        try reader.beginObject()
        while let key = try reader.nextKey(in: Self.keys) {
            switch key {
            case 0: page = Int(exactly: try reader.readInt64())
            case 1: mappingNumber = MappingNumber(rawValue: try reader.readInt64())
            case 2: origin = try reader.readNull() ? nil : PageOrigin.read(&reader)
            default:
                guard page == nil || mappingNumber == nil else { return }
                try reader.skipValue()
            }
        }
    }
}
