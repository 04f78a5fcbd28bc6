/// All has been read from WeCom: the manifest. Written by the fetcher, read by the mapper. Topic
/// `wecom.records.v1`.
public struct RunFetched: Message {
    /// What `ce_type` says of it.
    public static let type = MessageType("run-fetched")

    /// What was read.
    public var manifest: FetchManifest

    /// - Parameter manifest: What was read.
    public init(manifest: FetchManifest) { self.manifest = manifest }
}
