import Hummingbird
import Logging
import Messages
import NIOCore
import Runtime
import WeCom

/// `/wecom/callback/command` and `/wecom/callback/data/{corpid}`: WeCom's side door (wecom.md §2).
///
/// A request is answered as soon as its event is kept; work is done afterwards, since WeCom waits a second at most.
struct CallbackRoutes: Sendable {
    let gate: CallbackGate
    let store: CallbackStore
    let corps: ConnectedCorps
    let sources: CallbackSources
    let logger: Logger

    /// Adds the routes.
    func add(to router: Router<RegistryContext>) {
        router.get("wecom/callback/command") { request, context in
            try await sources.admit(request, context)
            return try verification(request)
        }
        router.get("wecom/callback/data/{corpid}") { request, context in
            try await sources.admit(request, context)
            return try verification(request, for: context.parameters.get("corpid"))
        }
        router.post("wecom/callback/command") { request, context in
            try await sources.admit(request, context)
            let letter = try await gate.open(request) { gate.isTemplate($0) || gate.isProvider($0) }
            guard gate.isCommand(letter) else { throw Problem.wrongReceiver }
            return try await accept(letter)
        }
        router.post("wecom/callback/data/{corpid}") { request, context in
            try await sources.admit(request, context)
            let corp = context.parameters.get("corpid")
            let letter = try await gate.open(request) { CallbackGate.isCorp($0, corp) }
            guard letter.isAboutReceiver, try await corps.isKnown(letter.receiver) else { throw Problem.wrongReceiver }
            return try await accept(letter)
        }
    }

    /// The answer to WeCom's check of the URL: the plain text alone.
    private func verification(_ request: Request, for corp: String? = nil) throws -> Response {
        Response.bytes(try gate.echo(request, for: corp), type: "text/plain; charset=utf-8")
    }

    private func accept(_ letter: CallbackLetter) async throws -> Response {
        let arrival = try await store.keep(
            letter.message,
            letter.event,
            receiver: letter.receiver,
            at: letter.sentAt
        )
        // Changes of people come by the thousand.
        let level: Logger.Level = if case .changeContact = letter.event { .debug } else { .info }
        let metadata: Logger.Metadata = ["kind": "\(letter.event.kind)", "arrival": "\(arrival)"]
        logger.log(level: level, "a callback came", metadata: metadata)
        return Response.bytes("success".utf8, type: "text/plain; charset=utf-8")
    }
}
