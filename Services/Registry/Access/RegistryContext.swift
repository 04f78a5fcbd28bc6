import Hummingbird
import Runtime

/// What is known of a request while it is answered.
struct RegistryContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// Who asks, once that is known.
    private(set) var identity: Caller?

    init(source: Source) { coreContext = .init(source: source) }

    /// Larger bodies are refused: the largest sensible one is a long mapping.
    var maxUploadSize: Int { 256 * 1_024 }

    /// Who asks. Throws 401 when nobody is known.
    var caller: Caller {
        get throws {
            guard let identity else { throw Problem.unauthorized }
            return identity
        }
    }

    /// The same request, asked by somebody.
    func asked(by caller: Caller) -> RegistryContext {
        var context = self
        context.identity = caller
        return context
    }
}
