import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Runtime

extension WeComClient {
    /// Asks WeCom something that it refuses whoever asks, for what it says beside: that it is reached, from which address,
    /// and what time it is there. Needs no credentials.
    public func probe() async throws -> Probe {
        let call = Call(path: "getcallbackip", query: [("access_token", "none")])
        do {
            let (body, date) = try await clients.withClient(through: proxy) { http in
                let response = try await http.execute(request(call), timeout: TimeAmount(limits.timeout))
                let body = try await response.body.collect(upTo: 1 << 16)
                return (Array(body.readableBytesView), response.headers.first(name: "date"))
            }
            let envelope = try? Envelope(body)
            guard let envelope, envelope.code != 0 else { throw WeComError(.incompleteBody, path: call.path) }
            let error = WeComError(.api(envelope.code), path: call.path, message: envelope.message)
            return Probe(callerAddress: error.callerAddress, date: date.flatMap(HTTPDate.init))
        } catch let error as WeComError {
            throw error
        } catch {
            throw translate(error, path: call.path)
        }
    }
}

/// What WeCom says beside its answer.
public struct Probe: Sendable, Hashable {
    /// The address that the call came from, as WeCom saw it.
    public let callerAddress: String?

    /// What time it is at WeCom.
    public let date: HTTPDate?

    /// - Parameters:
    ///   - callerAddress: The address that the call came from, as WeCom saw it.
    ///   - date: What time it is at WeCom.
    public init(callerAddress: String?, date: HTTPDate?) {
        self.callerAddress = callerAddress
        self.date = date
    }
}

/// A date as HTTP writes it: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7).
public struct HTTPDate: Sendable, Hashable {
    /// Since 1970.
    public let seconds: Int64

    /// - Parameter seconds: Since 1970.
    public init(seconds: Int64) { self.seconds = seconds }

    /// Reads the form that is sent today; nil for any other.
    public init?(_ text: String) {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", let day = Int64(words[1]), let year = Int64(words[3]),
            let month = Self.months.firstIndex(of: String(words[2])), (1...31).contains(day),
            (1970...9999).contains(year)
        else { return nil }
        let time = words[4].split(separator: ":").compactMap { Int64($0) }
        guard time.count == 3, (0...23).contains(time[0]), (0...59).contains(time[1]), (0...60).contains(time[2]) else {
            return nil
        }
        seconds = Self.days(year, Int64(month) + 1, day) * 86_400 + time[0] * 3_600 + time[1] * 60 + time[2]
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Days from 1970 to a day of the Gregorian calendar, whose years are taken to begin in March.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month > 2 ? year : year - 1
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
