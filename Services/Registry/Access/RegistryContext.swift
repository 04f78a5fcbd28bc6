import Hummingbird
import NIOCore
import Runtime

/// What is known of a request while it is answered.
struct RegistryContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// Who asks, once that is known.
    private(set) var identity: Caller?
    /// What makes the request the same when it is sent again; nil without an `Idempotency-Key`.
    private(set) var identityOfRequest: RequestIdentity?

    /// The address that connects; nil where it is not known.
    let remoteAddress: String?

    init(source: Source) {
        coreContext = .init(source: source)
        remoteAddress = source.channel.remoteAddress?.ipAddress
    }

    /// Larger bodies are refused: the largest sensible one is a long mapping.
    var maxUploadSize: Int { 256 * 1_024 }

    /// Who asks. Throws 401 when nobody is known.
    var caller: Caller {
        get throws {
            guard let identity else { throw Problem.unauthorized }
            return identity
        }
    }

    /// The same request, which may be sent again.
    func identified(as request: RequestIdentity) -> RegistryContext {
        var context = self
        context.identityOfRequest = request
        return context
    }

    /// The same request, asked by somebody.
    func asked(by caller: Caller) -> RegistryContext {
        var context = self
        context.identity = caller
        return context
    }
}
