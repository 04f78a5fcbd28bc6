import Hummingbird
import NIOCore

/// A request's context, which also knows who calls: WeCom's error texts say it.
struct SimulatorContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let remoteAddress: String

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        remoteAddress = source.channel.remoteAddress?.ipAddress ?? "127.0.0.1"
    }
}
