// An application of NestJS, its decorators applied by hand, since there is no compiler here.
import { Controller, Get, Module, Param } from '@nestjs/common'
import { setTimeout as later } from 'node:timers/promises'

/** The application's module. */
export function decorated(vigie, Logger) {
  class CartController {
    log = new Logger('CartController')

    async show(id) {
      await later(Math.random() * 4)
      this.log.log('step one', { id })
      vigie.event({ cart_items: 3 })
      await later(Math.random() * 4)
      this.log.warn('step two', { id })
      return id
    }

    async fail(id) {
      await this.show(id)
      throw new RangeError('no stock')
    }
  }
  for (const [name, path] of [['show', 'cart/:id'], ['fail', 'fails/:id']]) {
    Get(path)(CartController.prototype, name, Object.getOwnPropertyDescriptor(CartController.prototype, name))
    Param('id')(CartController.prototype, name, 0)
  }
  Controller()(CartController)
  class AppModule {}
  Module({ controllers: [CartController] })(AppModule)
  return AppModule
}
