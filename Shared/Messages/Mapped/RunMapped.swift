/// All that was read has been mapped: the manifest. Written by the mapper, read by the writer. Topic
/// `directory.records.v1`.
public struct RunMapped: Message {
    /// What `ce_type` says of it.
    public static let type = MessageType("run-mapped")

    /// What the fetcher read.
    public var manifest: FetchManifest

    /// - Parameter manifest: What the fetcher read.
    public init(manifest: FetchManifest) { self.manifest = manifest }
}
