/// Asks what WeCom says of objects that a run missed (architecture.md §3.5).
///
/// One of several batches; each is answered by one ``FindingsFetched``. Written by the writer through its outbox, read
/// by the fetcher. Topic `sync.commands.v1`.
public struct AskFor: Message {
    /// What `ce_type` says of it.
    public static let type = MessageType("ask-for")
    /// Objects that one batch asks for at most.
    public static let batchSize = 500

    /// The batch's number, from 1.
    public var batch: Int
    /// How many batches the run asks for.
    public var batches: Int
    /// What the run means to the directory.
    public var terms: RunTerms
    /// Whom and what to ask for.
    public var objects: [DirectoryObject]
    /// Kinds of which the run asks only for some, who stand for the others: what is said of them removes nobody.
    public var sampled: [DirectoryObject.Kind]
    /// People and departments that the run's lists showed: WeCom's word about one kind counts only if it shows those of
    /// that kind here, too.
    public var witnesses: [DirectoryObject]
    /// When the run's reading was over, by the log; what is not asked ten minutes later is answered as unknown.
    public var askedAt: Timestamp

    /// All of it at once.
    public init(
        batch: Int,
        batches: Int,
        terms: RunTerms,
        objects: [DirectoryObject],
        sampled: [DirectoryObject.Kind] = [],
        witnesses: [DirectoryObject],
        askedAt: Timestamp
    ) {
        self.batch = batch
        self.batches = batches
        self.terms = terms
        self.objects = objects
        self.sampled = sampled
        self.witnesses = witnesses
        self.askedAt = askedAt
    }
}
