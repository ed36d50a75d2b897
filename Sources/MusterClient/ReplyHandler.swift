import MusterCore
import NIOCore

/// Cuts what the daemon sends into frames and hands them to the link.
final class ReplyHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let link: Link
    private var decoder = FrameDecoder(limit: Frame.hardLimit)

    init(link: Link) {
        self.link = link
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        decoder.feed(buffer.readableBytesUInt8Span)
        do throws(FrameError) {
            while let incoming = try decoder.next() {
                // A body over the hard limit cannot be claimed, so nothing else is ever here.
                if case .body(let body) = incoming { link.received(body) }
            }
        } catch {
            link.violated("the daemon sent something that is not a frame")
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        link.ended(context.channel)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Whatever it was, the end of the channel is what the link acts on.
        context.close(promise: nil)
    }
}
