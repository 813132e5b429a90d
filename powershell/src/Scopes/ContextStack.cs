// Knows which span or context is current in each runspace. The library's own thread-locals cannot know it, because a
// host may run each pipeline of a runspace on another thread.
using System;
using System.Collections;
using System.Collections.Generic;
using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace Vigie
{
    /// <summary>A place on a runspace's stack: what Scope.Enter gives and Scope.Leave takes.</summary>
    public sealed class Frame
    {
        // 0 for a span or a context that the library could not make: it changes nothing.
        internal ulong Handle;
        // The span or the context that was entered. Holding it keeps its handle valid.
        internal object Entered;
        // The span that the handle of a context speaks of, when that is the span which was current.
        internal IEntered Under;
        // Whether a block was entered with it, which runs until the frame is left.
        internal bool IsBlock;

        // Whether it is a span that has ended.
        internal bool IsOver()
        {
            var entered = Entered as IEntered;
            return entered != null && entered.IsOver;
        }
    }

    internal sealed class ContextStack
    {
        private static readonly ConditionalWeakTable<Runspace, ContextStack> Stacks = new ConditionalWeakTable<Runspace, ContextStack>();
        // A thread mostly serves one runspace, so its stack is remembered and the table is asked only after a change.
        [ThreadStatic]
        private static Runspace lastRunspace;
        [ThreadStatic]
        private static ContextStack lastStack;

        private readonly List<Frame> frames = new List<Frame>();

        // The runspace's $Error, newest first. It is one and the same object as long as the runspace lives.
        internal IList Errors { get; set; }

        internal static ContextStack Current()
        {
            Runspace runspace = Runspace.DefaultRunspace;
            if (lastStack == null || !ReferenceEquals(runspace, lastRunspace))
            {
                lastStack = runspace == null ? new ContextStack() : Stacks.GetValue(runspace, delegate { return new ContextStack(); });
                lastRunspace = runspace;
            }
            return lastStack;
        }

        // 0, which is the process's initial context, when nothing was entered.
        internal static ulong CurrentHandle()
        {
            return Current().Top();
        }

        // The innermost open span, or context, that was entered in this runspace; null when there is none.
        internal static T Innermost<T>() where T : class
        {
            ContextStack stack = Current();
            return stack.Below<T>(stack.frames.Count);
        }

        private T Below<T>(int place) where T : class
        {
            for (int i = place - 1; i >= 0; i--)
            {
                T entered = frames[i].Entered as T;
                if (entered != null && !frames[i].IsOver())
                {
                    return entered;
                }
            }
            return null;
        }

        internal ulong Top()
        {
            Frame top = OpenBelow(frames.Count);
            return top == null ? 0 : top.Handle;
        }

        // The frame that is current for the one at that place. Mostly it is the next one: a span that ended elsewhere, in
        // another runspace for one, is not current any more.
        private Frame OpenBelow(int place)
        {
            for (int i = place - 1; i >= 0; i--)
            {
                Frame frame = frames[i];
                if (frame.Handle == 0 || frame.IsOver())
                {
                    continue;
                }
                if (frame.Under != null && frame.Under.IsOver)
                {
                    // What the block added stays, and belongs to the nearest span that is open.
                    Add(frame, i, ((Context)frame.Entered).Added);
                }
                return frame;
            }
            return null;
        }

        // Makes a frame the context that is current below that place, with an addition.
        private void Add(Frame frame, int place, Addition added)
        {
            Frame below = OpenBelow(place);
            Context outer = Below<Context>(place);
            Context context = added.ToCurrent(below == null ? 0 : below.Handle, outer == null ? null : outer.Attributes);
            frame.Handle = context.Handle;
            frame.Entered = context;
            frame.Under = below == null ? null : below.Entered as IEntered ?? below.Under;
        }

        internal Frame Push(ulong handle, object entered, bool isBlock)
        {
            var frame = new Frame { Handle = handle, Entered = entered, IsBlock = isBlock };
            frames.Add(frame);
            return frame;
        }

        // Enters what is current with an addition, for a block.
        internal Frame Push(Addition added)
        {
            var frame = new Frame { IsBlock = true };
            Add(frame, frames.Count, added);
            frames.Add(frame);
            return frame;
        }

        // Removes the frame and all above it: a stopped pipeline may have skipped the ends of inner ones.
        internal void Pop(Frame frame)
        {
            int place = frames.LastIndexOf(frame);
            if (place >= 0)
            {
                frames.RemoveRange(place, frames.Count - place);
            }
        }

        // The same for the frame of a span that a block was run in.
        internal void PopBlock(object entered)
        {
            int place = PlaceOf(entered);
            if (place >= 0)
            {
                frames.RemoveRange(place, frames.Count - place);
            }
        }

        // Removes the frame of a span, with the spans without a block that were left open in it. A block that was entered
        // after it is still running.
        internal void PopEntered(object entered)
        {
            int place = PlaceOf(entered);
            if (place >= 0)
            {
                int next = frames.FindIndex(place + 1, delegate(Frame frame) { return frame.IsBlock; });
                frames.RemoveRange(place, (next < 0 ? frames.Count : next) - place);
            }
        }

        private int PlaceOf(object entered)
        {
            int place = frames.Count - 1;
            while (place >= 0 && !ReferenceEquals(frames[place].Entered, entered))
            {
                place--;
            }
            return place;
        }
    }
}
