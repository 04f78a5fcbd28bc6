import Hummingbird
import NIOCore

/// What is known of a request while it is answered.
struct VerifierContext: RequestContext {
    var coreContext: CoreRequestContextStorage

    /// The address that connects; nil where it is not known.
    let connectedFrom: String?

    init(source: Source) {
        coreContext = .init(source: source)
        connectedFrom = source.channel.remoteAddress?.ipAddress
    }
}
