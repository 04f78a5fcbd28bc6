import AsyncHTTPClient
import HTTPTypes
import Hummingbird
import NIOHTTP1
import ServiceLifecycle

/// `runs/{run}/events`: the registry's server-sent events, handed on to the browser as they come.
struct RunEventPages: Sendable {
    let desk: Desk

    func add(to router: some RouterMethods<ConsoleContext>) {
        router.get("/runs/{run}/events") { request, context in
            let visit = Visit(desk, request, context)
            var headers: [(String, String)] = []
            if let name = HTTPField.Name("Last-Event-ID"), let seen = request.headers[name] {
                headers.append(("Last-Event-ID", seen))
            }
            let stream = try await visit.registry.open("/api/v1/runs/\(try visit.id("run"))/events", headers: headers)
            guard stream.status != .noContent else { return Response(status: .noContent) }
            return Response(
                status: .ok,
                headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
                body: ResponseBody { writer in
                    for try await part in stream.body.cancelOnGracefulShutdown() { try await writer.write(part) }
                    try await writer.finish(nil)
                }
            )
        }
    }
}
