import HTTPTypes
public import Hummingbird
import NIOCore

/// A page for people, as every service of ours sends one: no cache keeps it, nothing guesses at its type, and no other
/// site learns where it was read.
public enum PageResponse {
    /// - Parameter policy: Its `Content-Security-Policy`.
    public static func html(_ html: String, policy: String, status: HTTPResponse.Status = .ok) -> Response {
        var headers: HTTPFields = [
            .contentType: "text/html; charset=utf-8",
            .cacheControl: "no-store",
            .contentSecurityPolicy: policy,
            .xContentTypeOptions: "nosniff",
        ]
        if let name = HTTPField.Name("Referrer-Policy") { headers[name] = "no-referrer" }
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
    }
}
