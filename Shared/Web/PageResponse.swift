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
        for (name, value) in privacy { headers[name] = value }
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
    }

    /// Sends the browser elsewhere; no cache keeps where, and nobody there learns from where.
    public static func redirect(to location: String) -> Response {
        var response = Response.redirect(to: location, type: .found)
        response.headers[.cacheControl] = "no-store"
        for (name, value) in privacy { response.headers[name] = value }
        return response
    }

    /// What keeps other sites from showing a page of ours in theirs, also in browsers that know no `frame-ancestors`, and
    /// from learning where somebody was.
    private static let privacy: [(HTTPField.Name, String)] =
        [("Referrer-Policy", "no-referrer"), ("X-Frame-Options", "DENY")].compactMap { name, value in
            HTTPField.Name(name).map { ($0, value) }
        }
}
