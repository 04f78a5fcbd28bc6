import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1
import Runtime
import Sealing

/// Another service, asked by its documented API. Its answer is a help to whoever decides, so that nobody waits for it
/// for long.
struct Peer: Sendable {
    private static let patience = TimeAmount.seconds(3)
    private static let largestAnswer = 64 * 1_024

    /// What the service is called at the beginning of a sentence.
    let name: String
    /// Where it is, without a slash at the end.
    let url: String
    let key: Secret
    let http: HTTPClient

    /// Why there is no answer: a sentence.
    struct Silence: Error, Equatable {
        var reason: String
    }

    /// Asks for something; nil when the service knows of no such thing.
    func get(_ path: String) async throws(Silence) -> [String: JSON]? {
        var request = HTTPClientRequest(url: url + path)
        request.headers.add(name: "authorization", value: "Bearer " + key.withValue(\.self))
        let status: UInt
        let body: ByteBuffer
        do {
            let response = try await http.execute(request, timeout: Self.patience)
            status = response.status.code
            body = try await response.body.collect(upTo: Self.largestAnswer)
        } catch {
            throw Silence(reason: "\(name) does not answer at present.")
        }
        if status == 404 { return nil }
        guard status == 200, case .object(let answer) = try? JSON(parsing: Data(body.readableBytesView)) else {
            throw Silence(reason: "\(name) answered \(status).")
        }
        return answer
    }
}
