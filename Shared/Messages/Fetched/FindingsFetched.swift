public import JSONCoding

/// The answers to one ``AskFor``, with the records of those whom WeCom showed, as strict JSON. Written by the fetcher,
/// read by the mapper. Topic `wecom.records.v1`.
public struct FindingsFetched: Message {
    /// What `ce_type` says of it.
    public static let type = MessageType("findings-fetched")

    /// Number of the batch that is answered.
    public var batch: Int
    /// How many batches the run asks for.
    public var batches: Int
    /// By which rules the people are mapped: those of the run's terms.
    public var mappingNumber: MappingNumber
    /// What WeCom says of each object that was asked for.
    public var findings: [Finding]
    /// Kinds of which the run asks only for some, who stand for the others: what is said of them removes nobody.
    public var sampled: [DirectoryObject.Kind]
    /// What it says of people and departments that the run's lists showed.
    public var witnesses: [Finding]
    /// Tells the visible range from others, as it was after the last answer; absent where it could not be read.
    public var visibleRangeHash: ContentDigest?
    /// The people who are present, as an array of user objects (`wecom.md` §3.6); witnesses are not among them.
    public var users: RawJSON
    /// The departments that are present, as an array of department objects (`wecom.md` §3.1).
    public var departments: RawJSON

    /// All of it at once.
    public init(
        batch: Int,
        batches: Int,
        mappingNumber: MappingNumber,
        findings: [Finding],
        sampled: [DirectoryObject.Kind] = [],
        witnesses: [Finding],
        visibleRangeHash: ContentDigest?,
        users: RawJSON,
        departments: RawJSON
    ) {
        self.batch = batch
        self.batches = batches
        self.mappingNumber = mappingNumber
        self.findings = findings
        self.sampled = sampled
        self.witnesses = witnesses
        self.visibleRangeHash = visibleRangeHash
        self.users = users
        self.departments = departments
    }
}

extension FindingsFetched {
    /// Reads what ``encode(to:)`` writes; the records have to be lists.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func list(_ key: CodingKeys) throws -> RawJSON {
            let json = try container.decode(RawJSON.self, forKey: key)
            guard json.bytes.first == UInt8(ascii: "[") else {
                throw DecodingError.dataCorruptedError(forKey: key, in: container, debugDescription: "It is no list.")
            }
            return json
        }
        self.init(
            batch: try container.decode(Int.self, forKey: .batch),
            batches: try container.decode(Int.self, forKey: .batches),
            mappingNumber: try container.decode(MappingNumber.self, forKey: .mappingNumber),
            findings: try container.decode([Finding].self, forKey: .findings),
            sampled: try container.decode([DirectoryObject.Kind].self, forKey: .sampled),
            witnesses: try container.decode([Finding].self, forKey: .witnesses),
            visibleRangeHash: try container.decodeIfPresent(ContentDigest.self, forKey: .visibleRangeHash),
            users: try list(.users),
            departments: try list(.departments)
        )
    }
}
